/** Redeems an invite, and tells the others who has come. */
import type { AppContext } from '../../app/context.ts';
import type { AvatarImage } from '../../platform/avatar-image.ts';
import { attempt } from '../../state/notices.ts';

export interface Arrival {
  readonly link: string;
  readonly displayName: string;
  readonly deviceName: string;
  readonly avatar: AvatarImage | undefined;
  /** Of the owner who sets the team up. */
  readonly teamName: string | undefined;
}

/** May be repeated after any failure. What fails after the account is there can be done again in the settings: it is said,
 * and does not keep anybody out. */
export async function joinTeam({ engine }: AppContext, arrival: Arrival): Promise<void> {
  const { link, displayName, deviceName, avatar, teamName } = arrival;
  await engine.client.join({ link, displayName, deviceName });
  await attempt(async () => {
    if (avatar !== undefined && avatar.bytes.length > 0)
      await engine.team.setProfile({ avatar: avatar.bytes, avatarContentType: avatar.contentType });
    if (teamName !== undefined) await engine.team.setTeamProfile({ name: teamName });
  });
}
