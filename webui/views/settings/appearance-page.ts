/** How the page looks, and in which language. In force at once, in this browser. */
import { msg } from '@lit/localize';
import { html, type TemplateResult } from 'lit';
import '../../components/select.ts';
import '../../components/tabs.ts';
import { allLocales } from '../../i18n/generated/locale-codes.ts';
import { applyLanguage, LANGUAGE_NAMES } from '../../i18n/locale.ts';
import { pageSettings, type Motion, type TextSize, type Theme } from '../../platform/page-settings.ts';
import { pathTo } from '../../platform/router.ts';
import { PageView } from '../page-view.ts';

export class AppearancePage extends PageView {
  protected override render(): TemplateResult {
    return html`<vant-page beside heading=${msg('Appearance')} back-href=${pathTo('settings')}>
      <vant-section heading=${msg('Theme')}>
        <vant-row stacked heading=${msg('Colours')}>${this.#renderTheme()}</vant-row>
      </vant-section>
      <vant-section heading=${msg('Language')}>
        <vant-row heading=${msg('Language of this page')} detail=${msg('Dates and numbers follow it, too.')}>
          ${this.#renderLanguage()}
        </vant-row>
      </vant-section>
      <vant-section heading=${msg('Reading')} hint=${msg('These settings hold in this browser only.')}>
        <vant-row stacked heading=${msg('Size of the text')}>${this.#renderTextSize()}</vant-row>
        <vant-row
          stacked
          heading=${msg('Movement')}
          detail=${msg('Less movement means that things appear at once, instead of sliding in.')}
          >${this.#renderMotion()}</vant-row
        >
      </vant-section>
    </vant-page>`;
  }

  #renderTheme(): TemplateResult {
    return html`<vant-tabs
      variant="segmented"
      label=${msg('Colours')}
      value=${pageSettings.theme.value}
      .items=${[
        { value: 'system', label: msg('System'), icon: 'monitor' },
        { value: 'light', label: msg('Light'), icon: 'sun' },
        { value: 'dark', label: msg('Dark'), icon: 'moon' },
      ]}
      @input-change=${({ detail }: CustomEvent<Theme>) => (pageSettings.theme.value = detail)}
    ></vant-tabs>`;
  }

  #renderLanguage(): TemplateResult {
    const languages = allLocales
      .map((value) => ({ value, label: LANGUAGE_NAMES[value] }))
      .sort((a, b) => a.label.localeCompare(b.label));
    return html`<vant-select
      label=${msg('Language of this page')}
      label-hidden
      value=${pageSettings.language.value}
      .options=${[{ value: 'system', label: msg('As the browser says') }, ...languages]}
      @input-change=${this.#onLanguage}
    ></vant-select>`;
  }

  #renderTextSize(): TemplateResult {
    return html`<vant-tabs
      variant="segmented"
      label=${msg('Size of the text')}
      value=${pageSettings.textSize.value}
      .items=${[
        { value: 'small', label: msg('Small') },
        { value: 'normal', label: msg('Normal') },
        { value: 'large', label: msg('Large') },
        { value: 'larger', label: msg('Larger') },
      ]}
      @input-change=${({ detail }: CustomEvent<TextSize>) => (pageSettings.textSize.value = detail)}
    ></vant-tabs>`;
  }

  #renderMotion(): TemplateResult {
    return html`<vant-tabs
      variant="segmented"
      label=${msg('Movement')}
      value=${pageSettings.motion.value}
      .items=${[
        { value: 'system', label: msg('System') },
        { value: 'reduced', label: msg('Reduced') },
        { value: 'full', label: msg('Full') },
      ]}
      @input-change=${({ detail }: CustomEvent<Motion>) => (pageSettings.motion.value = detail)}
    ></vant-tabs>`;
  }

  #onLanguage = async ({ detail }: CustomEvent<string>): Promise<void> => {
    pageSettings.language.value = detail;
    await applyLanguage();
  };
}

customElements.define('vant-appearance-page', AppearancePage);
