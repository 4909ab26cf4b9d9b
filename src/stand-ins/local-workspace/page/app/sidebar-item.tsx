import type { ComponentChildren } from 'preact';

interface SidebarItemProps {
  name: string;
  icon: ComponentChildren;
  isApp: boolean;
  isCurrent: boolean;
  unread: number;
  onOpen(): void;
}

export function SidebarItem({ name, icon, isApp, isCurrent, unread, onOpen }: SidebarItemProps) {
  const isUnread = unread > 0 && !isCurrent;
  return (
    <li>
      <button
        type="button"
        class={isUnread ? 'sidebar-item sidebar-item-unread' : 'sidebar-item'}
        aria-current={isCurrent ? 'page' : undefined}
        onClick={onOpen}
      >
        <span class="sidebar-icon">{icon}</span>
        <span class="sidebar-name">{name}</span>
        {isApp && <span class="badge badge-dark">APP</span>}
        {isUnread && (
          <span class="unread">
            {unread > 99 ? '99+' : unread}
            <span class="visually-hidden"> unread</span>
          </span>
        )}
      </button>
    </li>
  );
}
