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
  IconHistory,
  IconId,
  IconKey,
  IconListCheck,
  IconMail,
  IconPackage,
  IconRocket,
  IconSend,
  IconShieldLock,
  IconUsers,
  IconWorld,
} from '@tabler/icons-react';
import { useWords } from './i18n/words.js';
import type { Account, Merchant } from './session/use-session.js';

/** Where whoever is signed in can go. It only saves dead ends: the server checks each request. */
export function useNavigation(
  account: Account | null | undefined,
  merchant: Merchant | null | undefined,
): readonly NavGroup[] {
  const say = useWords();
  const store: NavGroup = { entries: [{ to: '/', label: say('nav.browse'), icon: IconBuildingStore }] };
  const shops: NavGroup = {
    label: say('nav.shops'),
    entries: [
      { to: '/merchant/licenses', label: say('nav.licenses'), icon: IconCertificate },
      { to: '/merchant/payments', label: say('nav.payments'), icon: IconCreditCard },
      { to: '/merchant/invoices', label: say('nav.invoices'), icon: IconFileInvoice },
      { to: '/merchant/shops', label: say('nav.members'), icon: IconUsers },
    ],
  };
  const publishing: NavGroup = {
    label: say('nav.publishing'),
    entries: [
      { to: '/publish/overview', label: say('nav.overview'), icon: IconBuilding },
      { to: '/publish/packages', label: say('nav.packages'), icon: IconPackage },
      { to: '/publish/releases', label: say('nav.releases'), icon: IconRocket },
      { to: '/publish/earnings', label: say('nav.earnings'), icon: IconCoin },
      { to: '/publish/keys', label: say('nav.signingKeys'), icon: IconKey },
      { to: '/publish/tokens', label: say('nav.tokens'), icon: IconShieldLock },
      { to: '/publish/team', label: say('nav.team'), icon: IconUsers },
    ],
  };
  const hub: NavGroup = {
    label: say('nav.hub'),
    entries: [
      { to: '/operate/overview', label: say('nav.figures'), icon: IconChartBar },
      { to: '/operate/reviews', label: say('nav.reviews'), icon: IconClipboardCheck },
      { to: '/operate/packages', label: say('nav.packages'), icon: IconPackage },
      { to: '/operate/publishers', label: say('nav.publishers'), icon: IconBuilding },
      { to: '/operate/instances', label: say('nav.instances'), icon: IconWorld },
      { to: '/operate/deliveries', label: say('nav.deliveries'), icon: IconSend },
      { to: '/operate/jobs', label: say('nav.jobs'), icon: IconListCheck },
      { to: '/operate/mails', label: say('nav.mails'), icon: IconMail },
      { to: '/operate/audit', label: say('nav.audit'), icon: IconHistory },
    ],
  };
  const access: NavGroup = {
    label: say('nav.access'),
    entries: [
      { to: '/operate/publishable-keys', label: say('nav.publishableKeys'), icon: IconKey },
      { to: '/operate/management-tokens', label: say('nav.managementTokens'), icon: IconShieldLock },
      { to: '/operate/issuers', label: say('nav.issuers'), icon: IconId },
      { to: '/operate/keys', label: say('nav.hubKeys'), icon: IconActivity },
    ],
  };
  return [
    store,
    ...(merchant ? [shops] : []),
    ...(account && (account.publishers.length > 0 || !account.operator) ? [publishing] : []),
    ...(account?.operator ? [hub, access] : []),
  ];
}
