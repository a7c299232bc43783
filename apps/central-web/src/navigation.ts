import type { NavGroup } from '@hansa/web-ui';
import {
  IconActivity,
  IconBuilding,
  IconBuildingStore,
  IconCertificate,
  IconChartBar,
  IconClipboardCheck,
  IconCoin,
  IconCreditCard,
  IconFileInvoice,
  IconGitBranch,
  IconHistory,
  IconId,
  IconKey,
  IconListCheck,
  IconMail,
  IconPackage,
  IconPuzzle,
  IconRocket,
  IconSend,
  IconServer,
  IconShieldExclamation,
  IconShieldLock,
  IconTag,
  IconUsers,
  IconWorld,
  type Icon,
} from '@tabler/icons-react';
import { useWords } from './i18n/words.js';
import type { Account, Merchant } from './session/use-session.js';

type Word = Parameters<ReturnType<typeof useWords>>[0];

/** Pages that stand together in the menu: address, name, picture. */
interface Part {
  readonly name?: Word;
  readonly pages: readonly (readonly [to: string, name: Word, icon: Icon])[];
}

const STORE: Part = { pages: [['/', 'nav.browse', IconBuildingStore]] };
const SHOPS: Part = {
  name: 'nav.shops',
  pages: [
    ['/merchant/licenses', 'nav.licenses', IconCertificate],
    ['/merchant/payments', 'nav.payments', IconCreditCard],
    ['/merchant/invoices', 'nav.invoices', IconFileInvoice],
    ['/merchant/shops', 'nav.members', IconUsers],
  ],
};
const PUBLISHING: Part = {
  name: 'nav.publishing',
  pages: [
    ['/publish/overview', 'nav.overview', IconBuilding],
    ['/publish/packages', 'nav.packages', IconPackage],
    ['/publish/releases', 'nav.releases', IconRocket],
    ['/publish/earnings', 'nav.earnings', IconCoin],
    ['/publish/keys', 'nav.signingKeys', IconKey],
    ['/publish/tokens', 'nav.tokens', IconShieldLock],
    ['/publish/team', 'nav.team', IconUsers],
  ],
};
const OPERATING: readonly Part[] = [
  {
    name: 'nav.hub',
    pages: [
      ['/operate/overview', 'nav.figures', IconChartBar],
      ['/operate/reviews', 'nav.reviews', IconClipboardCheck],
      ['/operate/packages', 'nav.packages', IconPackage],
      ['/operate/advisories', 'nav.advisories', IconShieldExclamation],
      ['/operate/publishers', 'nav.publishers', IconBuilding],
      ['/operate/instances', 'nav.instances', IconWorld],
      ['/operate/deliveries', 'nav.deliveries', IconSend],
      ['/operate/jobs', 'nav.jobs', IconListCheck],
      ['/operate/mails', 'nav.mails', IconMail],
      ['/operate/audit', 'nav.audit', IconHistory],
    ],
  },
  {
    name: 'nav.connections',
    pages: [
      ['/operate/market-clients', 'nav.marketClients', IconServer],
      ['/operate/market-products', 'nav.marketProducts', IconTag],
      ['/operate/extensions', 'nav.extensions', IconPuzzle],
      ['/operate/composer-sources', 'nav.composerSources', IconGitBranch],
    ],
  },
  {
    name: 'nav.access',
    pages: [
      ['/operate/publishable-keys', 'nav.publishableKeys', IconKey],
      ['/operate/management-tokens', 'nav.managementTokens', IconShieldLock],
      ['/operate/issuers', 'nav.issuers', IconId],
      ['/operate/keys', 'nav.hubKeys', IconActivity],
    ],
  },
];

/** Where whoever is signed in can go. It only saves dead ends: the server checks each request. */
export function useNavigation(
  account: Account | null | undefined,
  merchant: Merchant | null | undefined,
): readonly NavGroup[] {
  const say = useWords();
  const parts = [
    STORE,
    ...(merchant ? [SHOPS] : []),
    ...(account && (account.publishers.length > 0 || !account.operator) ? [PUBLISHING] : []),
    ...(account?.operator ? OPERATING : []),
  ];
  return parts.map(({ name, pages }) => ({
    ...(name === undefined ? {} : { label: say(name) }),
    entries: pages.map(([to, word, icon]) => ({ to, label: say(word), icon })),
  }));
}
