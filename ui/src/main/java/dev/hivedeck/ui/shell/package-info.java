/**
 * The frame of the desktop and what every screen is given: navigation, the palette, notifications,
 * themes, words, settings, the keyboard map. It knows that there are screens, never which ones.
 */
package dev.hivedeck.ui.shell;
