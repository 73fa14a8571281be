import type { ReactNode, SVGProps } from "react";

export interface IconProps extends Omit<SVGProps<SVGSVGElement>, "children"> {
  /** Side in CSS pixels, or any CSS length. */
  size?: number | string;
  /** A name for when the picture stands alone; without one it is decoration beside words. */
  label?: string;
}

export type Icon = (props: IconProps) => ReactNode;

/** Makes an icon of one style: 24 × 24, a line of 1.75, the colour of the text around it. */
function icon(drawing: ReactNode): Icon {
  return function DrawnIcon({ size = 20, label, ...rest }) {
    const named = label ? { role: "img", "aria-label": label } : { "aria-hidden": true };
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth={1.75}
        strokeLinecap="round"
        strokeLinejoin="round"
        focusable="false"
        {...named}
        {...rest}
      >
        {drawing}
      </svg>
    );
  };
}

export const IconInbox = icon(<path d="M4 13 6.5 5h11L20 13v6H4zM4 13h5l1 2.5h4l1-2.5h5" />);
export const IconUser = icon(<><circle cx="12" cy="8" r="4" /><path d="M4.5 20c.8-3.6 3.8-5.5 7.5-5.5s6.700 1.900 7.500 5.500" /></>);
export const IconUsers = icon(<><circle cx="9" cy="8.500" r="3.500" /><path d="M2.500 19.500c.6-3.200 3.200-5 6.500-5s5.900 1.800 6.500 5M16 5.300a3.500 3.500 0 0 1 0 6.400M18 15c1.900.8 3.100 2.300 3.500 4.500" /></>);
export const IconUserCheck = icon(<><circle cx="10" cy="8" r="4" /><path d="M3 20c.7-3.600 3.500-5.500 7-5.500 1.300 0 2.500.3 3.500.8M15.500 18.500l2 2 4-4.500" /></>);
export const IconClock = icon(<><circle cx="12" cy="12" r="9" /><path d="M12 7v5l3.500 2" /></>);
export const IconMail = icon(<><rect x="3" y="5" width="18" height="14" rx="2" /><path d="m3.500 7 8.500 6 8.500-6" /></>);
export const IconChat = icon(<path d="M5 4h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM8 9h8M8 12.500h5" />);
export const IconWhatsApp = icon(<><path d="M3.500 20.500 5 16a8.500 8.500 0 1 1 3.200 3.200z" /><path d="M9 8.500c0 3.500 3 6.500 6.500 6.500l.5-2-2-.9-.9.900c-1-.4-1.700-1.100-2.100-2.100l.9-.9-.9-2z" /></>);
export const IconGlobe = icon(<><circle cx="12" cy="12" r="9" /><path d="M3 12h18M12 3c2.500 2.600 3.700 5.600 3.700 9s-1.200 6.400-3.700 9c-2.500-2.600-3.700-5.600-3.700-9S9.500 5.600 12 3z" /></>);
export const IconKiosk = icon(<><rect x="5" y="3" width="14" height="12" rx="1.500" /><path d="M12 15v5M8 21h8M9 7h6M9 10.500h3.500" /></>);
export const IconCounter = icon(<path d="M4 10v10h16V10M3 10l2-6h14l2 6zM9 20v-5h6v5" />);
export const IconPin = icon(<><path d="M12 21.500c-4.500-4.600-7-8-7-11.500a7 7 0 0 1 14 0c0 3.500-2.500 6.900-7 11.500z" /><circle cx="12" cy="10" r="2.500" /></>);
export const IconPhone = icon(<path d="M6.500 3.500 9.500 4l1 4-2.200 1.800a12 12 0 0 0 5.900 5.900L16 13.500l4 1 .5 3c.1 1.500-1 3-2.500 3C10.500 20.500 3.500 13.500 3.500 6c0-1.500 1.500-2.600 3-2.500z" />);
export const IconAlert = icon(<path d="M12 3.500 22 20.500H2zM12 10v5M12 17.800v.2" />);
export const IconInfo = icon(<><circle cx="12" cy="12" r="9" /><path d="M12 11v6M12 7.500v.2" /></>);
export const IconSiren = icon(<path d="M6 17v-5a6 6 0 0 1 12 0v5M4 17h16v3.500H4zM12 2v1.500M4 5.500l1.200 1.200M20 5.500l-1.200 1.200M12 9.500v3" />);
export const IconCheck = icon(<path d="m4.500 12.500 5 5 10-11" />);
export const IconCheckCircle = icon(<><circle cx="12" cy="12" r="9" /><path d="m8 12.300 2.800 2.800L16 9.500" /></>);
export const IconX = icon(<path d="M5.500 5.500l13 13M18.500 5.500l-13 13" />);
export const IconSearch = icon(<><circle cx="10.500" cy="10.500" r="6.500" /><path d="m15.500 15.500 5 5" /></>);
export const IconFilter = icon(<path d="M3.500 5.500h17M6.500 12h11M10 18.500h4" />);
export const IconSort = icon(<path d="M7 4.500v15M3.500 16 7 19.500l3.500-3.500M17 19.500v-15M13.500 8 17 4.500 20.500 8" />);
export const IconBookmark = icon(<path d="M6 3.500h12v17l-6-4.500-6 4.500z" />);
export const IconSettings = icon(<><circle cx="12" cy="12" r="3" /><path d="M12 2.500v3M12 18.500v3M2.500 12h3M18.500 12h3M5.300 5.300l2.100 2.100M16.600 16.600l2.100 2.100M18.700 5.300l-2.100 2.100M7.400 16.600l-2.100 2.100" /></>);
export const IconLogout = icon(<path d="M14 4H5v16h9M10 12h11M17.500 8.500 21 12l-3.500 3.500" />);
export const IconMenu = icon(<path d="M3.500 6h17M3.500 12h17M3.500 18h17" />);
export const IconDots = icon(<path d="M5 12h.01M12 12h.01M19 12h.01" strokeWidth={3} />);
export const IconChevronDown = icon(<path d="m5.500 9 6.500 6.500L18.500 9" />);
export const IconChevronUp = icon(<path d="M5.500 15 12 8.500l6.500 6.500" />);
export const IconChevronRight = icon(<path d="m9 5.500 6.500 6.500L9 18.500" />);
export const IconChevronLeft = icon(<path d="M15 5.500 8.500 12l6.500 6.500" />);
export const IconArrowLeft = icon(<path d="M20.500 12h-17M9.500 6l-6 6 6 6" />);
export const IconPaperclip = icon(<path d="m20 11.500-8.200 8.200a5 5 0 0 1-7.100-7.100l8.500-8.500a3.300 3.300 0 0 1 4.700 4.700l-8.400 8.400a1.700 1.700 0 0 1-2.400-2.400l7.700-7.700" />);
export const IconNote = icon(<path d="M5 3.500h14v11l-6 6H5zM13 20.500v-6h6M8.500 8h7M8.500 11.500h4" />);
export const IconReply = icon(<path d="M9.500 5 3.500 11l6 6M3.500 11h9c5 0 8 3 8 8.500" />);
export const IconSend = icon(<path d="M3.500 4 21 12 3.500 20l3-8zM6.500 12H14" />);
export const IconTransfer = icon(<path d="M3.500 8.500H20M16 4.500l4 4-4 4M20.500 15.500H4M8 11.500l-4 4 4 4" />);
export const IconMerge = icon(<path d="M6 4v5c0 4 6 3 6 8v4M18 4v5c0 4-6 3-6 8M9 18l3 3 3-3" />);
export const IconLink = icon(<path d="m10 14 4-4M8.500 11 5.700 13.800a3.800 3.800 0 0 0 5.400 5.400L13 17.300M11 6.700l1.900-1.900a3.800 3.800 0 0 1 5.400 5.400L15.500 13" />);
export const IconKeyboard = icon(<><rect x="2.500" y="6" width="19" height="12" rx="2" /><path d="M6 10h.01M9 10h.01M12 10h.01M15 10h.01M18 10h.01M7.500 14.300h9" /></>);
export const IconBell = icon(<path d="M6 16.500V11a6 6 0 0 1 12 0v5.500l1.500 1.500h-15zM10 20.500h4M12 3v2" />);
export const IconBellOff = icon(<path d="M6 16.500V11c0-1 .2-2 .7-2.800M9.500 5.500A6 6 0 0 1 18 11v4M19 18H4.500L6 16.500M10 20.500h4M3.500 3.500l17 17" />);
export const IconOffline = icon(<path d="M3.500 3.500l17 17M2.500 9.500a14 14 0 0 1 4.800-3M11 5.500a14 14 0 0 1 10.500 4M6 13a9 9 0 0 1 4-2.200M15.500 11.300A9 9 0 0 1 18 13M9.200 16.500a4 4 0 0 1 4.300-.7M12 20v.01" />);
export const IconRefresh = icon(<path d="M20 5v5h-5M4 19v-5h5M19.500 10A8 8 0 0 0 5.600 7.200L4 9M4.500 14a8 8 0 0 0 13.900 2.800L20 15" />);
export const IconPlus = icon(<path d="M12 4.500v15M4.500 12h15" />);
export const IconEye = icon(<><path d="M2 12c2.500-4.500 5.800-6.700 10-6.700s7.500 2.200 10 6.700c-2.500 4.500-5.800 6.700-10 6.700S4.500 16.500 2 12z" /><circle cx="12" cy="12" r="3" /></>);
export const IconShield = icon(<path d="M12 3 4.500 5.500v6c0 4.700 3 7.800 7.500 9.500 4.500-1.700 7.500-4.800 7.500-9.500v-6zM8.800 12l2.300 2.300 4.100-4.600" />);
export const IconHistory = icon(<path d="M4 5v4.500h4.500M4.300 9.500A8.500 8.500 0 1 1 3.500 13M12 8v4.500l3 1.800" />);
export const IconChart = icon(<path d="M4 4v16h16M8.500 16v-4M13 16V8M17.500 16v-6" />);
export const IconBuilding = icon(<path d="M4 20.500h16M6 20.500V4h12v16.500M10 8h.01M14 8h.01M10 12h.01M14 12h.01M10.500 20.500V16h3v4.500" />);
export const IconTicket = icon(<path d="M3.500 7h17v3.500a2 2 0 0 0 0 3.500v3.500h-17V14a2 2 0 0 0 0-3.500zM14 7v2M14 11.500v1.500M14 15.500v2" />);
export const IconList = icon(<path d="M8.500 6H20M8.500 12H20M8.500 18H20M4 6h.01M4 12h.01M4 18h.01" />);
export const IconDownload = icon(<path d="M12 3.500V16M6.500 10.500 12 16l5.500-5.500M4 20.500h16" />);
export const IconFile = icon(<path d="M6 3h8l5 5v13H6zM14 3v5h5" />);
export const IconPencil = icon(<path d="m4 20 1-4.500L16.500 4 20 7.500 8.500 19zM14 6.500l3.500 3.500" />);
export const IconPause = icon(<path d="M8.500 5v14M15.500 5v14" />);
