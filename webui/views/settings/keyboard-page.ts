/** What the keys do. */
import { msg } from '@lit/localize';
import { css, html, type TemplateResult } from 'lit';
import { KEYBOARD_SHORTCUTS } from '../../app/shortcuts.ts';
import { pathTo } from '../../platform/router.ts';
import { PageView } from '../page-view.ts';

export class KeyboardPage extends PageView {
  static override styles = [
    ...PageView.styles,
    css`
      kbd {
        padding: 0.1em 0.5em;
        border: 1px solid var(--color-line-strong);
        border-radius: var(--radius-s);
        font: inherit;
        font-size: var(--text-s);
        background: var(--color-field);
      }
    `,
  ];

  protected override render(): TemplateResult {
    return html`<vant-page beside heading=${msg('Keyboard shortcuts')} back-href=${pathTo('settings')}>
      ${KEYBOARD_SHORTCUTS().map(
        ({ heading, shortcuts }) =>
          html`<vant-section heading=${heading}>
            ${shortcuts.map(
              ({ keys, label }) =>
                html`<vant-row heading=${label}>
                  <span>${keys.map((key, index) => html`${index > 0 ? ' + ' : ''}<kbd>${key}</kbd>`)}</span>
                </vant-row>`,
            )}
          </vant-section>`,
      )}
    </vant-page>`;
  }
}

customElements.define('vant-keyboard-page', KeyboardPage);
