/** What the others see of this account; for owners, of the team too. */
import { msg } from '@lit/localize';
import { html, nothing, type TemplateResult } from 'lit';
import '../../components/avatar-field.ts';
import '../../components/text-field.ts';
import type { DirectoryEntry } from '../../../client/directory/directory.ts';
import type { AvatarImage } from '../../platform/avatar-image.ts';
import { pathTo } from '../../platform/router.ts';
import { attempt } from '../../state/notices.ts';
import { Resource } from '../../state/resource.ts';
import { PageView } from '../page-view.ts';

const MAX_NAME_LENGTH = 60;
const MAX_ABOUT_LENGTH = 140;

export class ProfilePage extends PageView {
  static override properties = { ...PageView.properties, isSaving: { state: true } };

  declare isSaving: boolean;
  readonly #team = new Resource(() => this.context.engine.team.teamProfile().then((team) => ({ team })));

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#team.load();
  }

  protected override render(): TemplateResult {
    const { account, members } = this.context.state;
    const own = members.value.get(account.value?.accountId ?? '');
    return html`<vant-page beside heading=${msg('Profile')} back-href=${pathTo('settings')}>
      ${this.#renderPerson(own)} ${own?.role === 'owner' ? this.#renderTeam() : nothing}
    </vant-page>`;
  }

  #renderPerson(own: DirectoryEntry | undefined): TemplateResult {
    const name = own?.profile?.displayName ?? this.context.state.account.value?.displayName ?? '';
    const { avatar, avatarContentType, about = '' } = own?.profile ?? {};
    return html`<vant-section
      hint=${msg('Members of your team see this. The server stores it encrypted and cannot read it.')}
    >
      <form class="stack pad" @submit=${this.#save}>
        <vant-avatar-field
          name=${name}
          identity=${own?.accountId ?? ''}
          .picture=${avatar}
          .pictureType=${avatarContentType}
          @change=${this.#onAvatar}
        ></vant-avatar-field>
        <vant-text-field
          name="name"
          required
          maxlength=${MAX_NAME_LENGTH}
          autocomplete="name"
          label=${msg('Your name')}
          value=${name}
        ></vant-text-field>
        <vant-text-field
          name="about"
          maxlength=${MAX_ABOUT_LENGTH}
          label=${msg('About you')}
          placeholder=${msg('What you do, when you are there …')}
          value=${about}
        ></vant-text-field>
        <div class="actions end">
          <vant-button type="submit" variant="primary" ?busy=${this.isSaving}>${msg('Save')}</vant-button>
        </div>
      </form>
    </vant-section>`;
  }

  #renderTeam(): TemplateResult {
    return this.#team.render(
      ({ team }) =>
        html`<vant-section
          heading=${msg('The team')}
          hint=${msg('Owners name the team. The name is in their encrypted profiles and in invite links; the server does not know it.')}
        >
          <form class="stack pad" @submit=${this.#saveTeam}>
            <vant-text-field
              name="team"
              required
              maxlength=${MAX_NAME_LENGTH}
              label=${msg('Name of the team')}
              value=${team?.name ?? ''}
            ></vant-text-field>
            <div class="actions end">
              <vant-button type="submit" ?busy=${this.isSaving}>${msg('Save')}</vant-button>
            </div>
          </form>
        </vant-section>`,
    );
  }

  #onAvatar = ({ detail }: CustomEvent<AvatarImage>): Promise<void> =>
    this.#change(() =>
      this.context.engine.team.setProfile({ avatar: detail.bytes, avatarContentType: detail.contentType }),
    );

  #save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const displayName = (data.get('name') as string).trim();
    const about = (data.get('about') as string).trim();
    if (displayName !== '') await this.#change(() => this.context.engine.team.setProfile({ displayName, about }));
  };

  #saveTeam = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const name = (new FormData(event.target as HTMLFormElement).get('team') as string).trim();
    if (name !== '') await this.#change(() => this.context.engine.team.setTeamProfile({ name }));
    void this.#team.load();
  };

  async #change(work: () => Promise<void>): Promise<void> {
    this.isSaving = true;
    await attempt(work, msg('Saved.'));
    this.isSaving = false;
    await this.context.state.refreshMembers();
  }
}

customElements.define('vant-profile-page', ProfilePage);
