package dev.hivedeck.ui.shell.frame;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.Consent;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.ConsentList;
import dev.hivedeck.ui.shell.widget.Overlay;
import dev.hivedeck.ui.shell.widget.Sheet;
import dev.hivedeck.ui.shell.widget.Widgets;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.util.Subscription;

/**
 * All that a person is asked to consent to, what is new since the last time first. Only a press of
 * its button consents, to exactly what is shown: no key that was meant for something else does, and
 * once {@code hive.yaml} says something else there is nothing to press.
 */
final class ConsentSheet {
  private static final double WIDTH = 760;

  private final ScreenContext context;
  private final Texts texts;
  private final Overlay overlay;
  private final WorkspaceViews.Workspace shown;

  ConsentSheet(ScreenContext context, Overlay overlay, WorkspaceViews.Workspace workspace) {
    this.context = context;
    this.texts = context.texts();
    this.overlay = overlay;
    this.shown = workspace;
  }

  void open() {
    var consent = shown.consent();
    var list = new ConsentList(texts, 120);
    list.show(consent);
    list.setPrefHeight(Math.min(420, 40 + list.getItems().size() * 27.0));
    var stale = new SimpleBooleanProperty();
    var yes = Widgets.button(texts.text("trust.yes"), () -> give(consent), "accent");
    context.act(yes, stale);
    yes.setGraphic(Icon.TRUSTED.node());
    var again =
        Widgets.button(
            texts.text("trust.again"),
            () -> new ConsentSheet(context, overlay, context.live().workspace().get()).open());
    var other =
        Widgets.row(
            8, Tone.AMBER.on(Icon.WARNED.node()), Widgets.prose(texts.text("trust.other")), again);
    Widgets.show(other, false);
    var sheet =
        new Sheet(
                texts.text("trust.title", Printable.exact(shown.name())),
                WIDTH,
                Widgets.prose(Printable.exact(texts.said(consent.why())), "soft"),
                Widgets.prose(texts.text("trust.why"), "soft"),
                Widgets.label(Printable.exact(shown.path()), "mono", "muted"),
                list,
                other,
                Widgets.prose(texts.text("trust.changes"), "muted"))
            .actions(Widgets.button(texts.text("trust.no"), overlay::close), yes);
    var following = new Subscription[] {() -> {}};
    overlay.open(sheet, javafx.geometry.Pos.CENTER, () -> following[0].unsubscribe());
    following[0] =
        context
            .live()
            .workspace()
            .subscribe(
                now -> {
                  stale.set(now == null || !now.consent().digest().equals(consent.digest()));
                  Widgets.show(other, stale.get());
                });
  }

  private void give(Consent consent) {
    overlay.close();
    context.steering().execute(new Command.Trust(consent.digest()));
  }
}
