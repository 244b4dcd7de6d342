/**
 * Every word on the screen in the person's language, with the keys of the keyboard map. Text from
 * outside is made harmless here.
 */
package dev.hivedeck.ui.shell.text;
