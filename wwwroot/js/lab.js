// What every page needs, started once.
import { start as startTheme } from './theme.js';
import { start as startRail } from './rail.js';
import { start as startMenus } from './menus.js';
import { start as startDialogs } from './dialogs.js';
import { start as startKeys } from './keys.js';
import { start as startReconnect } from './reconnect.js';
import { start as startJump } from './jump.js';
import { start as startTimes } from './times.js';

for (const start of [startTheme, startRail, startMenus, startDialogs, startKeys, startReconnect, startJump, startTimes]) start();
