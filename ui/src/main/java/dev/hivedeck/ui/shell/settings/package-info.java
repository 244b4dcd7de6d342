/**
 * What the desktop remembers between starts: settings, drafts, what a closing window means. It
 * keeps values and gives them no meaning.
 */
package dev.hivedeck.ui.shell.settings;
