/** The way out where a browser blocks notifications, or where something stands in the way of pushes. */
import { msg } from '@lit/localize';
import type { BrowserKind, PushFailure } from '../../platform/notifications/push-rules.ts';
import type { TestStepName } from '../../platform/notifications/push-test.ts';

/** A page cannot ask twice: the member has to do it. */
export function describeUnblocking(browser: BrowserKind): string {
  switch (browser) {
    case 'chromium':
      return msg(
        'Click the sign to the left of the address, then allow notifications under the settings of this site.',
      );
    case 'firefox':
      return msg('Click the padlock to the left of the address and take away the block under permissions.');
    case 'safari':
      return msg('Open Safari › Settings › Websites › Notifications, and allow them for this address.');
    case 'ios':
      return msg('Open the Settings app › Notifications › Vant, and allow them there.');
    case 'android':
      return msg(
        'Open the menu of the browser › Settings › Site settings › Notifications, and allow them for this address.',
      );
  }
}

export const describeInstalling = (): string =>
  msg(
    'On iPhone and iPad only apps on the home screen may notify. In Safari tap Share, then “Add to Home Screen”, and open Vant from there.',
  );

export function describeFailure(failure: PushFailure): string {
  switch (failure) {
    case 'no-push-service':
      return msg(
        'The browser could not register with its push service. Some browsers are built without one, and some networks block it. While Vant is open, even in the background, notifications come nevertheless.',
      );
    case 'refused':
      return msg(
        'The server does not push to the push service of this browser. Ask an admin to look at push.allow_private.',
      );
    case 'server-off':
      return msg(
        'This server does not wake browsers. An admin can turn it on under push.web_push. While Vant is open, notifications come nevertheless.',
      );
    case 'offline':
      return msg('There is no connection to the server. It is looked at again as soon as there is.');
    case 'silent':
      return msg(
        'The push service takes what is sent, but nothing arrives in this browser, not even with a new subscription. Restart the browser, and send a test again.',
      );
    case 'unknown':
      return msg('The browser could not subscribe. Turn notifications off and on again.');
  }
}

export function nameOfStep(name: TestStepName): string {
  switch (name) {
    case 'permission':
      return msg('The browser allows notifications');
    case 'subscription':
      return msg('Subscribed, and the server knows it');
    case 'address':
      return msg('The server found the address');
    case 'authorize':
      return msg('Signed with the key of the server');
    case 'encrypt':
      return msg('Encrypted for this browser');
    case 'resolve':
      return msg('The name of the push service was resolved');
    case 'connect':
      return msg('Connected to the push service');
    case 'answer':
      return msg('The push service took it');
    case 'arrival':
      return msg('Arrived in this browser');
    case 'notification':
      return msg('The notification was shown');
  }
}
