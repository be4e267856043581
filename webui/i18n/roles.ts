/** What the roles are called, and what they may do. */
import { msg } from '@lit/localize';
import type { Role } from '../../wire/schemas.ts';

export const ROLES = ['owner', 'admin', 'member'] as const satisfies readonly Role[];

export function roleName(role: Role): string {
  switch (role) {
    case 'owner':
      return msg('Owner');
    case 'admin':
      return msg('Admin');
    case 'member':
      return msg('Member');
  }
}

export function roleMeaning(role: Role): string {
  switch (role) {
    case 'owner':
      return msg('Names the team, gives roles, and may do everything an admin may.');
    case 'admin':
      return msg('Invites and removes members, and sees how the server is. Reads no messages of others.');
    case 'member':
      return msg('Writes and reads. Invites others where the server allows it.');
  }
}
