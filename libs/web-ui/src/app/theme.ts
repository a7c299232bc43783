import { Badge, createTheme, type CSSVariablesResolver, type MantineTheme } from '@mantine/core';

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** One look for all screens: quiet surfaces, one accent, system fonts (nothing to fetch). */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 7 },
  defaultRadius: 'md',
  fontFamily: FONT,
  headings: { fontFamily: FONT, fontWeight: '650' },
  autoContrast: true,
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: { Badge: Badge.extend({ defaultProps: { tt: 'none', miw: 'max-content' } }) },
});

/** Texts that Mantine tints by default too faintly for WCAG AA (4.5 to 1). */
const INK = {
  gray: '#3b4249',
  red: '#a51111',
  green: '#1b5e28',
  teal: '#065f46',
  yellow: '#704600',
  orange: '#8a3b00',
  blue: '#124a86',
  indigo: '#2f409e',
  grape: '#6d1f85',
};

/** White on Mantine's own red is too faint as well; what cannot be taken back is a red button. */
const danger = (colors: MantineTheme['colors']) => ({
  '--mantine-color-red-filled': colors.red[9],
  '--mantine-color-red-filled-hover': INK.red,
});

export const contrastVariables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#545b62',
    '--mantine-color-placeholder': '#666d75',
    '--mantine-color-error': '#b91c1c',
    '--mantine-color-anchor': colors.indigo[8],
    ...danger(colors),
    ...Object.fromEntries(Object.entries(INK).map(([name, ink]) => [`--mantine-color-${name}-light-color`, ink])),
  },
  dark: {
    '--mantine-color-dimmed': colors.dark[1],
    '--mantine-color-placeholder': '#a0a0a0',
    '--mantine-color-error': colors.red[4],
    '--mantine-color-anchor': colors.indigo[3],
    ...danger(colors),
    ...Object.fromEntries(
      Object.keys(INK).map((name) => [`--mantine-color-${name}-light-color`, colors[name as 'red'][2]]),
    ),
  },
});
