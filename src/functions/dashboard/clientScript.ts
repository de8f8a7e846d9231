import { actionWords, resultText } from './client/actions.ts';
import { client } from './client/client.ts';
import { planTable } from './client/planTable.ts';
import { bytesText, visible } from './text.ts';

/**
 * The page's script as a text. It is made of functions of this program, which are checked by the compiler and the linter as
 * all others are, and give their own source: so there is no second file to serve, to bundle or to lose, and the same runs in
 * the browser from the sources and from the bundle. The price: each may use nothing from outside of itself, which the tests
 * in a browser would show.
 */
export const clientScript = `(${client})({
visible: ${visible},
bytesText: ${bytesText},
actionWords: ${actionWords},
resultText: ${resultText},
planTable: ${planTable},
});`;
