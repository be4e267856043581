/** A Vite plugin: takes the white space and the comments out of the styles in css`…` literals, which a minifier of JavaScript
 * has to leave as they are. */
import type { Plugin } from 'vite';

const LITERAL = /\bcss`([^`]*)`/g;

export function minifyStyles(): Plugin {
  return {
    name: 'vant-minify-styles',
    // Nothing but our own sources: they have neither strings with two spaces nor a backtick in their styles.
    transform: {
      filter: { id: /\/webui\/.*\.ts$/ },
      handler: (code) => code.replace(LITERAL, (_literal, styles: string) => `css\`${minifyCss(styles)}\``),
    },
  };
}

/** White space beside a colon stays before it: there it may part a selector from its descendant (`a :hover`). */
export const minifyCss = (styles: string): string =>
  styles
    .replace(/\/\*[^]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/;}/g, '}')
    .trim();
