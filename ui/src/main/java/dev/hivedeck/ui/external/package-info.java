/**
 * Programs of the person's machine that open folders: editors, terminals and file managers. It
 * knows no JavaFX, for the command line opens folders as the desktop does.
 */
package dev.hivedeck.ui.external;
