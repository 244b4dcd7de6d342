package dev.hivedeck.ui.shell;

import dev.hivedeck.ui.live.Live;
import java.time.Clock;

/** What a screen is given to work with. */
public record Desk(
    Live live,
    Steering steering,
    Navigator go,
    Texts texts,
    Dialogs dialogs,
    Notices notices,
    Settings settings,
    Theme theme,
    Clock clock) {}
