import { LoadingState, NotFoundState } from '@hansa/web-ui';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { HOME } from '../places.js';

const route = getRouteApi('/marketplace/plugin-page');

/** Goes on to the page of a plugin somebody wanted to see before he was asked to sign in. It is the plugin's, and not of this app. */
export function OpenPluginPage() {
  const { path } = route.useSearch();
  useEffect(() => {
    if (path !== undefined) location.replace(path);
  }, [path]);
  return path === undefined ? <NotFoundState home={HOME} /> : <LoadingState />;
}
