/** Dark and light: tokens, tones, icons, fonts. Colours live here and in the style sheets only. */
package dev.hivedeck.ui.shell.theme;
