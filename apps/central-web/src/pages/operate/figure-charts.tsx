import '@mantine/charts/styles.layer.css';
import type { Figures } from '@hansa/contracts';
import { useFormats } from '@hansa/web-ui';
import { BarChart, LineChart } from '@mantine/charts';
import { Paper, SimpleGrid, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useWords } from '../../i18n/words.js';

const HEIGHT = 220;
/** Series are told apart by their place and their name too, not by color alone. */
const COLORS = ['indigo.6', 'teal.6', 'orange.6', 'grape.6'];
/** Days are named where there is room, evenly; nothing here comes in halves. */
const AXES = {
  xAxisProps: { interval: 'equidistantPreserveStart', minTickGap: 32 },
  yAxisProps: { allowDecimals: false },
  tickLine: 'none',
} as const;
const QUIET = { withDots: false, withLegend: false, strokeWidth: 2, curveType: 'linear' } as const;

/** Loaded when figures are looked at: drawing them takes more code than all other pages together. */
export default function FigureCharts({ figures }: { readonly figures: Figures }) {
  const say = useWords();
  const { money, count } = useFormats();
  const language = useTranslation().i18n.language;
  const shortDay = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const days = figures.days.map(({ day, licenses, delivered, dead, active_instances }) => ({
    day,
    licenses,
    delivered,
    dead,
    active_instances,
    label: shortDay.format(new Date(day)),
  }));
  const currencies = [...new Set(figures.sales.map(({ currency }) => currency))].sort();
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      {currencies.map((currency, index) => {
        const paid = new Map(
          figures.sales.filter((sale) => sale.currency === currency).map((sale) => [sale.day, sale.amount_minor]),
        );
        const total = [...paid.values()].reduce((sum, amount) => sum + amount, 0);
        return (
          <Figure key={currency} title={`${say('operate.chartSales')}: ${money(total, currency)}`}>
            <BarChart
              {...AXES}
              h={HEIGHT}
              data={days.map(({ day, label }) => ({ label, amount: paid.get(day) ?? 0 }))}
              dataKey="label"
              series={[{ name: 'amount', label: say('operate.chartSales'), color: COLORS[index % COLORS.length]! }]}
              valueFormatter={(amount) => money(amount, currency)}
              yAxisProps={{ width: 72 }}
            />
          </Figure>
        );
      })}
      <Figure title={say('operate.chartInstances')}>
        <LineChart
          {...AXES}
          {...QUIET}
          h={HEIGHT}
          data={days}
          dataKey="label"
          series={[{ name: 'active_instances', label: say('operate.chartInstances'), color: COLORS[0]! }]}
          valueFormatter={count}
        />
      </Figure>
      <Figure title={say('operate.chartLicenses')}>
        <BarChart
          {...AXES}
          h={HEIGHT}
          data={days}
          dataKey="label"
          series={[{ name: 'licenses', label: say('operate.chartLicenses'), color: COLORS[1]! }]}
          valueFormatter={count}
        />
      </Figure>
      <Figure title={say('operate.chartDeliveries')}>
        <BarChart
          {...AXES}
          h={HEIGHT}
          data={days}
          dataKey="label"
          type="stacked"
          withLegend
          series={[
            { name: 'delivered', label: say('status.delivered'), color: COLORS[1]! },
            { name: 'dead', label: say('status.dead'), color: 'red.7' },
          ]}
          valueFormatter={count}
        />
      </Figure>
    </SimpleGrid>
  );
}

function Figure({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Paper component="section" withBorder p="md">
      <Title order={2} size="h6" mb="md">
        {title}
      </Title>
      {children}
    </Paper>
  );
}
