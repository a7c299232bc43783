export const en = {
  brand: 'Marketplace',
  signIn: { lead: 'The marketplace of your shop' },
  nav: { browse: 'Browse' },
};
