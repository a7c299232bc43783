export const en = {
  brand: 'Hansa',
  signIn: { lead: 'Plugins and themes for your shop' },
};
