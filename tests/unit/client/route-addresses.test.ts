// The client knows of each route where it is and whether it answers; what it answers is in the table of the server.
import { expect, test } from 'vitest';
import { ROUTE_ADDRESSES } from '../../../wire/route-addresses.ts';
import { ROUTES } from '../../../wire/routes.ts';

test('every route that is served has an address, and no other', () => {
  expect(Object.keys(ROUTE_ADDRESSES).toSorted()).toEqual(Object.keys(ROUTES).toSorted());
});

test.each(Object.entries(ROUTES))('%s answers with a body where it has a schema for it', (_name, route) => {
  expect(route.hasAnswer).toBe('response' in route);
});
