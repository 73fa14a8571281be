import type { words as spanish } from "../es/common";

export const words: typeof spanish = {
  channel: {
    webchat: "Web chat",
    whatsapp: "WhatsApp",
    email: "E-mail",
    portal: "Portal",
    open311: "Open311",
    kiosk: "Kiosk",
    counter: "Counter",
  },
  status: {
    open: "Open",
    waiting_citizen: "Waiting for the citizen",
    resolved: "Resolved",
    closed: "Closed",
  },
  priority: { 0: "Urgent", 1: "High priority", 2: "Normal priority", 3: "Low priority", 4: "Lowest priority" },
  due: {
    in: "Due in {{span}}",
    overdue: "Overdue by {{span}}",
    what: { first: "First answer", final: "Full answer" },
  },
  mark: {
    priority: { 0: "Urgent", 1: "High" },
    emergency: "Emergency",
    draft: "Draft",
    transfer: "Transfer",
    undelivered: "Not delivered",
    unreadable: "Unreadable",
    needsAnswer: "To be answered",
    incident: "Incident",
    merged_one: "{{count}} duplicate",
    merged_many: "{{count}} duplicates",
    merged_other: "{{count}} duplicates",
    attachments: "With files",
  },
  live: {
    lost: "No connection: changes of others are not seen. What you write is kept.",
    retry: "Reconnect now",
  },
};
