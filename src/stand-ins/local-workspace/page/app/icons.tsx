/** The page's own line icons, drawn on a grid of 20. */
import type { ComponentChildren } from 'preact';

function Icon({ children, size = 18 }: { children: ComponentChildren; size?: number }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 20 20"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const ChevronDown = () => (
  <Icon size={16}>
    <path d="m5.5 8 4.5 4.5L14.5 8" />
  </Icon>
);
export const ChevronLeft = () => (
  <Icon>
    <path d="M12.5 4.5 7 10l5.5 5.5" />
  </Icon>
);
export const ChevronRight = () => (
  <Icon>
    <path d="M7.5 4.5 13 10l-5.5 5.5" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="m5 5 10 10M15 5 5 15" />
  </Icon>
);
export const CheckIcon = () => (
  <Icon size={16}>
    <path d="m4.5 10.5 3.5 3.5 7.5-8" />
  </Icon>
);
export const DotsIcon = () => (
  <Icon>
    <g fill="currentColor" stroke="none">
      <circle cx="4.5" cy="10" r="1.5" />
      <circle cx="10" cy="10" r="1.5" />
      <circle cx="15.5" cy="10" r="1.5" />
    </g>
  </Icon>
);
export const HashIcon = () => (
  <Icon size={16}>
    <path d="M8 3 6.5 17M13.5 3 12 17M3.5 7.5h13M3 12.5h13" />
  </Icon>
);
export const MenuIcon = () => (
  <Icon size={20}>
    <path d="M3.5 5.5h13M3.5 10h13M3.5 14.5h13" />
  </Icon>
);
export const SendIcon = () => (
  <Icon>
    <path d="M3.5 4 17 10 3.5 16l1.8-6zM5.3 10H10" />
  </Icon>
);
export const EyeIcon = () => (
  <Icon size={14}>
    <path d="M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5z" />
    <circle cx="10" cy="10" r="2.2" />
  </Icon>
);
export const GlobeIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="7" />
    <path d="M3 10h14M10 3c2.2 2 3.2 4.4 3.2 7s-1 5-3.2 7c-2.2-2-3.2-4.4-3.2-7S7.8 5 10 3z" />
  </Icon>
);
export const FileIcon = () => (
  <Icon size={20}>
    <path d="M5.5 2.5h6l3.5 3.5v10.5a1 1 0 0 1-1 1h-8.5a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1zM11 2.5V6.5h4M7.5 10.5h5M7.5 13.5h5" />
  </Icon>
);
export const DownloadIcon = () => (
  <Icon>
    <path d="M10 3.5v9M6.5 9.5 10 13l3.5-3.5M4 16.5h12" />
  </Icon>
);
export const SortIcon = ({ direction }: { direction: 'ascending' | 'descending' | 'none' }) => (
  <Icon size={14}>
    <path d="m6.5 8 3.5-3.5L13.5 8" stroke-opacity={direction === 'descending' ? 0.25 : 1} />
    <path d="m6.5 12 3.5 3.5 3.5-3.5" stroke-opacity={direction === 'ascending' ? 0.25 : 1} />
  </Icon>
);
export const InfoIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="7" />
    <path d="M10 9.5v4M10 6.5v.1" />
  </Icon>
);
export const WarnIcon = () => (
  <Icon>
    <path d="M10 3.5 17.5 16.5h-15zM10 8.5v3.5M10 14.3v.1" />
  </Icon>
);
export const DownIcon = () => (
  <Icon size={16}>
    <path d="M10 4v12M5 11l5 5 5-5" />
  </Icon>
);
export const UnpluggedIcon = () => (
  <Icon size={16}>
    <path d="M3 8c4-3.6 10-3.6 14 0M5.7 11c2.5-2.2 6.1-2.2 8.6 0M8.4 14c1-.8 2.2-.8 3.2 0M4 3.5l12 13" />
  </Icon>
);
