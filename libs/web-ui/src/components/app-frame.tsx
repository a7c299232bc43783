import {
  ActionIcon,
  AppShell,
  Badge,
  Box,
  Burger,
  Group,
  Menu,
  NavLink,
  ScrollArea,
  Text,
  useMantineColorScheme,
  type MantineColorScheme,
} from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { IconCheck, IconLogout, IconShieldLock, IconUserCircle, type Icon } from '@tabler/icons-react';
import { Link, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { chooseLanguage } from '../i18n/start-i18n.js';
import { useUiWords } from '../i18n/ui-words.js';
import { LANGUAGES } from '../i18n/words.js';
import classes from './app-frame.module.css';

export interface NavEntry {
  readonly to: string;
  readonly label: string;
  readonly icon: Icon;
  /** A number beside the label; none when zero. */
  readonly count?: number;
}

export interface NavGroup {
  /** Over the entries; none when left out. */
  readonly label?: string;
  readonly entries: readonly NavEntry[];
}

/** Who is signed in; the menu offers to sign out, and leads to the page of the account where there is one. */
export interface SignedIn {
  readonly name: string;
  readonly onSignOut: () => void;
  readonly settings?: { readonly to: string; readonly label: string };
}

export interface FrameProps {
  readonly brand: string;
  readonly home: string;
  readonly nav: readonly NavGroup[];
  readonly account?: SignedIn | undefined;
  /** Beside the brand: a search field, a sign-in link. */
  readonly header?: ReactNode;
  readonly children: ReactNode;
}

const LANGUAGE_NAMES = { en: 'English', de: 'Deutsch', fr: 'Français' } as const;

/** Header, navigation and content of a page. The first key press reaches the link that skips to the content. */
export function AppFrame({ brand, home, nav, account, header, children }: FrameProps) {
  const say = useUiWords();
  const [isOpen, { toggle, close }] = useDisclosure();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const main = useRef<HTMLElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const shown = useRef(path);
  useHotkeys([['Escape', close]]);
  useEffect(() => {
    // A page that changed is read out and tabbed through from its start.
    if (shown.current !== path) main.current?.focus({ preventScroll: true });
    shown.current = path;
    close();
  }, [path, close]);
  const entries = nav.reduce((count, group) => count + group.entries.length, 0);
  useEffect(() => {
    // A menu longer than the window shows where one is, also once more of it is known.
    menu.current?.querySelector('[data-active]')?.scrollIntoView({ block: 'nearest' });
  }, [path, entries]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={0}
    >
      <a className={classes['skip']} href="#content">
        {say('frame.skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger
            opened={isOpen}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={say(isOpen ? 'frame.closeMenu' : 'frame.openMenu')}
            aria-expanded={isOpen}
          />
          <Link to={home} className={classes['brand']}>
            <span className={classes['mark']} aria-hidden />
            <Text span fw={650} truncate>
              {brand}
            </Text>
          </Link>
          <Box flex={1} />
          {header}
          <PreferencesMenu account={account} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar component="nav" aria-label={say('frame.navigation')}>
        <ScrollArea p="sm" ref={menu}>
          {nav.map((group, index) => (
            <Box key={group.label ?? index} mt={index === 0 ? 0 : 'md'}>
              {group.label !== undefined && (
                <Text size="xs" c="dimmed" fw={600} px="sm" pb={4}>
                  {group.label}
                </Text>
              )}
              {group.entries.map((entry) => (
                <Entry
                  key={entry.to}
                  entry={entry}
                  isHere={isWithin(path, entry.to, home)}
                  isHome={entry.to === home}
                />
              ))}
            </Box>
          ))}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="content" ref={main} tabIndex={-1} className={classes['main']}>
        <div className={classes['content']}>{children}</div>
      </AppShell.Main>
    </AppShell>
  );
}

interface EntryProps {
  readonly entry: NavEntry;
  readonly isHere: boolean;
  readonly isHome: boolean;
}

function Entry({ entry: { to, label, icon: EntryIcon, count = 0 }, isHere, isHome }: EntryProps) {
  return (
    <NavLink
      component={Link}
      to={to}
      label={label}
      active={isHere}
      activeOptions={{ exact: isHome }}
      leftSection={<EntryIcon size={18} stroke={1.6} aria-hidden />}
      rightSection={count > 0 ? <Badge size="sm">{count}</Badge> : undefined}
      className={classes['entry']}
    />
  );
}

function isWithin(path: string, to: string, home: string): boolean {
  return path === to || (to !== home && path.startsWith(`${to}/`));
}

const SCHEMES = [
  ['auto', 'frame.system'],
  ['light', 'frame.light'],
  ['dark', 'frame.dark'],
] as const satisfies readonly (readonly [MantineColorScheme, string])[];

function PreferencesMenu({ account }: Pick<FrameProps, 'account'>) {
  const say = useUiWords();
  const { i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" width={220} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={say('frame.account')}>
          <IconUserCircle size={22} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {account && (
          <>
            <Menu.Label>{account.name}</Menu.Label>
            {account.settings && (
              <Menu.Item component={Link} to={account.settings.to} leftSection={<IconShieldLock size={16} />}>
                {account.settings.label}
              </Menu.Item>
            )}
            <Menu.Item leftSection={<IconLogout size={16} />} onClick={account.onSignOut}>
              {say('frame.signOut')}
            </Menu.Item>
            <Menu.Divider />
          </>
        )}
        <Menu.Label>{say('frame.appearance')}</Menu.Label>
        {SCHEMES.map(([scheme, key]) => (
          <Menu.Item key={scheme} onClick={() => setColorScheme(scheme)} rightSection={tick(colorScheme === scheme)}>
            {say(key)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{say('frame.language')}</Menu.Label>
        {LANGUAGES.map((language) => (
          <Menu.Item
            key={language}
            lang={language}
            onClick={() => void chooseLanguage(i18n, language)}
            rightSection={tick(i18n.language === language)}
          >
            {LANGUAGE_NAMES[language]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function tick(isChosen: boolean) {
  return isChosen ? <IconCheck size={16} aria-label="✓" /> : undefined;
}
