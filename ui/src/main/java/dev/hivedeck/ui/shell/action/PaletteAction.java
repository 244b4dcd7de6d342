package dev.hivedeck.ui.shell.action;

import dev.hivedeck.ui.shell.theme.Icon;

/**
 * Something a person can do from anywhere: what it is called in palette, tooltip and screen reader,
 * and its shortcut, in one place.
 *
 * @param keys as shown, for example {@code g o}; empty when it has none
 */
public record PaletteAction(String name, Icon icon, String keys, Runnable run) {}
