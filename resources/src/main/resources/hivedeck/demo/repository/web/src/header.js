export function header(user) {
  return `<header>Storefront · ${user.name}</header>`;
}
