import '@mantine/charts/styles.layer.css';
import type { MonthEarnings } from '@hansa/contracts';
import { useFormats } from '@hansa/web-ui';
import { BarChart } from '@mantine/charts';
import { Paper, Stack, Title } from '@mantine/core';
import { useWords } from '../../i18n/words.js';

/** Earned and gone back, month by month; loaded when earnings are looked at. */
export default function EarningsChart({ months }: { readonly months: readonly MonthEarnings[] }) {
  const say = useWords();
  const { money } = useFormats();
  const currencies = [...new Set(months.map(({ currency }) => currency))].sort();
  return (
    <Stack>
      {currencies.map((currency) => (
        <Paper key={currency} component="section" withBorder p="md">
          <Title order={2} size="h6" mb="md">
            {say('publish.byMonth', { currency })}
          </Title>
          <BarChart
            h={240}
            data={months
              .filter((month) => month.currency === currency)
              .map(({ month, earned_minor, returned_minor }) => ({ month, earned_minor, returned_minor }))}
            dataKey="month"
            type="stacked"
            withLegend
            tickLine="none"
            xAxisProps={{ interval: 'equidistantPreserveStart', minTickGap: 24 }}
            yAxisProps={{ width: 80 }}
            series={[
              { name: 'earned_minor', label: say('publish.earned'), color: 'indigo.6' },
              { name: 'returned_minor', label: say('publish.returned'), color: 'orange.7' },
            ]}
            valueFormatter={(amount) => money(amount, currency)}
          />
        </Paper>
      ))}
    </Stack>
  );
}
