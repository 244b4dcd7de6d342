/**
 * The window around the screens: bars, rail, palette, sheets, keys. It shows the screens it is
 * given and knows none of them by name.
 */
package dev.hivedeck.ui.shell.frame;
