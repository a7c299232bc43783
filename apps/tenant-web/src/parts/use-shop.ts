import { mayShow, useGet, type Page } from '@hansa/web-ui';
import { PATHS, type HubStatus, type PluginView, type Settings } from '../model.js';

/** How the shop is set up; it does not change while a page is open. */
export function useSettings() {
  return useGet<Settings>(PATHS.settings, undefined, { staleTime: Infinity });
}

/** Where pictures may come from: the hub, and nowhere else. */
export function usePictureOrigins(): string[] {
  const hub = useSettings().data?.hub;
  return hub ? [new URL(hub.url).origin] : [];
}

/** Says where the picture at an address is to be had; null where it may not be shown, or there is none. */
export function usePicture(): (address: string | null | undefined) => string | null {
  const origins = usePictureOrigins();
  return (address) => (address && mayShow(address, origins) ? address : null);
}

/** Whether the hub answers, looked at now and then. */
export function useHubStatus() {
  return useGet<HubStatus>(PATHS.status, undefined, { refetchInterval: 15_000 });
}

/** All installed plugins of a shop of ordinary size. */
export function useInstalled(refetchInterval: number | false = false) {
  return useGet<Page<PluginView>>(PATHS.plugins, { limit: 100 }, { refetchInterval });
}
