import { useAccount, usePublisher } from '../../session/use-session.js';

/** The membership the pages of publishers act by; undefined for somebody who belongs to no publisher yet. */
export function useOwnPublisher() {
  const { person } = useAccount();
  return usePublisher(person).current;
}
