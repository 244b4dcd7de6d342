package dev.hivedeck.ui.shell;

import dev.hivedeck.ui.live.LiveModel;
import dev.hivedeck.ui.shell.settings.Drafts;
import dev.hivedeck.ui.shell.settings.Settings;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Theme;
import dev.hivedeck.ui.shell.upgrade.Upgrades;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Clock;
import java.util.Optional;
import javafx.beans.binding.Bindings;
import javafx.beans.value.ObservableValue;
import javafx.scene.Node;
import javafx.scene.control.Button;

/**
 * What a screen is given to work with.
 *
 * @param upgrades newer versions of the program; empty where it has no part in them
 * @param workspaces the repositories that are open, this one among them
 */
public record ScreenContext(
    LiveModel live,
    CommandSender steering,
    Navigator go,
    Texts texts,
    Dialogs dialogs,
    Notifications notices,
    Settings settings,
    Drafts drafts,
    Theme theme,
    Clock clock,
    Optional<Upgrades> upgrades,
    WorkspaceSwitcher workspaces) {

  /** The same in another repository that is open: what comes of it is told here. */
  public ScreenContext in(OpenWorkspace other) {
    return other.live() == live
        ? this
        : new ScreenContext(
            other.live(),
            other.sender(notices),
            new DistantNavigator(go, workspaces, other),
            texts,
            dialogs,
            notices,
            settings,
            other.drafts(),
            theme,
            clock,
            upgrades,
            workspaces);
  }

  /** A button that asks the engine for something: off, and saying why, while it is out of reach. */
  public Button act(String text, Runnable action, String... classes) {
    return act(Widgets.button(text, action, classes));
  }

  /** Turns what asks the engine for something off while it is out of reach. */
  public <N extends Node> N act(N node) {
    node.disableProperty().bind(live.cut());
    return helped(node);
  }

  /**
   * As {@link #act(Node)}.
   *
   * @param off what else turns it off
   */
  public <N extends Node> N act(N node, ObservableValue<Boolean> off) {
    node.disableProperty()
        .bind(
            Bindings.createBooleanBinding(
                () -> live.cut().get() || off.getValue(), live.cut(), off));
    return helped(node);
  }

  private <N extends Node> N helped(N node) {
    node.accessibleHelpProperty()
        .bind(
            Bindings.createStringBinding(
                () -> live.cut().get() ? texts.text("desk.cut") : null, live.cut()));
    return node;
  }
}
