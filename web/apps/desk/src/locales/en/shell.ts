import type { es } from "../es";

export const shell: typeof es.shell = {
  title: "Atiende",
  menu: "Main menu",
  openMenu: "Open the menu",
  collapse: "Collapse the menu",
  expand: "Show the names of the menu",
  account: "Your account",
  settings: "Preferences",
  signOut: "Sign out",
  shortcuts: "Keyboard shortcuts",
  shortcutsOn: "Single-key shortcuts",
  notFound: {
    title: "This page does not exist",
    text: "The address may be misspelt, or the page may have moved.",
    action: "Go to the cases",
  },
  failed: {
    title: "This page could not be shown",
    text: "What you wrote is kept on this device. Load the page again; if it happens again, tell support.",
    action: "Load again",
  },
  role: {
    agent: "Agent",
    supervisor: "Supervisor",
    unit_manager: "Head of department",
    admin: "Administrator",
    auditor: "Auditor",
  },
};
