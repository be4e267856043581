import * as ours from '../../../e2ee/index.ts';
import { describeSessions } from '../../support/e2ee/session-scenarios.ts';

describeSessions('ours with ours', ours, ours);
