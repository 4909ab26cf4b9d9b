import type { WorkspaceUser } from '../../protocol.ts';

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .flatMap((word) => word.match(/[\p{L}\p{N}]/u) ?? [])
    .filter((_, index, all) => index === 0 || index === all.length - 1)
    .join('')
    .toUpperCase();

interface AvatarProps {
  user: Pick<WorkspaceUser, 'realName' | 'hue' | 'isBot'>;
  size: 'small' | 'medium' | 'large';
}

/** A drawn picture of a person (initials on their hue) or of the app (a rounder, two-toned mark). */
export function Avatar({ user, size }: AvatarProps) {
  return (
    <span
      class={`avatar avatar-${size}${user.isBot ? ' avatar-app' : ''}`}
      style={{ '--hue': String(user.hue) }}
      aria-hidden="true"
    >
      {user.isBot ? user.realName.charAt(0).toUpperCase() : initials(user.realName)}
    </span>
  );
}
