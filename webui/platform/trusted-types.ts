/** The page's content security policy lets scripts be named by this policy only: addresses of our own bundle. */
interface Policy {
  createScriptURL(url: string): string;
}

const factory = (
  globalThis as {
    trustedTypes?: { createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy };
  }
).trustedTypes;

const policy: Policy = factory?.createPolicy('vant', { createScriptURL: checkOrigin }) ?? {
  createScriptURL: checkOrigin,
};

/** @throws TypeError when it is not of this origin */
export const trustedScriptUrl = (url: string): string => policy.createScriptURL(url);

function checkOrigin(url: string): string {
  if (new URL(url, location.href).origin !== location.origin) throw new TypeError('A script of another origin.');
  return url;
}
