package dev.hivedeck.ui.view.settings;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.secret.Secret;
import dev.hivedeck.engine.protocol.secret.SecretQuery;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javafx.geometry.Pos;
import javafx.scene.layout.HBox;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/**
 * Secrets that {@code hive.yaml} names or that are kept: which are missing, and a field for each.
 */
final class SecretSettings extends VBox {
  private final ScreenContext context;
  private final Texts texts;
  private int asking;

  SecretSettings(ScreenContext context) {
    super(0);
    this.context = context;
    this.texts = context.texts();
  }

  /** Keeps itself up to date until it is let go of. */
  Subscription watch() {
    return context.live().workspace().subscribe(_ -> ask());
  }

  private void ask() {
    int mine = ++asking;
    context
        .steering()
        .query(new SecretQuery.Secrets())
        .whenComplete(
            (answer, failure) -> {
              if (mine != asking) {
                return; // It was asked again meanwhile.
              }
              if (failure == null) {
                var all = new ArrayList<Secret>();
                answer.forEach(node -> all.add(Json.as(node, Secret.class)));
                show(all);
              } else {
                var fault = ErrorMessages.of(failure);
                getChildren()
                    .setAll(
                        Tone.RED.on(
                            Widgets.prose(
                                texts.said(fault.message()) + " " + texts.said(fault.hint()))),
                        Widgets.button(texts.text("action.retry"), this::ask));
              }
            });
  }

  private void show(List<Secret> all) {
    if (all.isEmpty()) {
      getChildren().setAll(Widgets.prose(texts.text("secrets.none"), "soft"));
    } else {
      getChildren().setAll(all.stream().map(this::line).toList());
    }
  }

  private HBox line(Secret secret) {
    var uses =
        DisplayText.line(secret.uses().stream().map(texts::said).collect(Collectors.joining(", ")));
    var state =
        secret.kept()
            ? texts.text("secrets.kept", texts.said(secret.place()))
            : texts.text("secrets.missing");
    var words =
        new VBox(
            2,
            Widgets.label(secret.name(), "strong"),
            Widgets.prose(
                state
                    + " · "
                    + (uses.isEmpty()
                        ? texts.text("secrets.unused")
                        : texts.text("secrets.uses", uses)),
                "soft"));
    words.setMinWidth(0);
    var set =
        context.act(
            texts.text(secret.kept() ? "secrets.replace" : "secrets.set"),
            () -> SecretSheet.open(context, secret.name(), this::ask));
    set.setAccessibleText(texts.text("secrets.set.of", secret.name()));
    var icon = secret.kept() ? Icon.PASSED : Icon.WARNED;
    var tone = secret.kept() ? Tone.GREEN : Tone.AMBER;
    var line = new HBox(10, tone.on(icon.node()), Widgets.grow(words), set);
    line.setAlignment(Pos.CENTER_LEFT);
    line.getStyleClass().add("list-line");
    return line;
  }
}
