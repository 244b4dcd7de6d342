/**
 * What every screen is given: the live model, a way to send commands, navigation, dialogs. It knows
 * that there are screens, never which ones.
 */
package dev.hivedeck.ui.shell;
