package dev.hivedeck.ui.control.preview;

import dev.hivedeck.engine.protocol.service.PreviewCommand;
import dev.hivedeck.engine.protocol.service.ServiceRegistration;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.ui.live.EntityStore;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.action.RunningPreview;
import dev.hivedeck.ui.shell.action.WebPage;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** How it stands with a preview: where it answers, its log, and its end. */
public final class PreviewBar extends VBox {
  private final ScreenContext context;
  private final Texts texts;
  private final EntityStore<Service> services;
  private Optional<Service> shown = Optional.empty();

  public PreviewBar(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    this.services = context.live().things(ServiceRegistration.SERVICE, Service.class);
    Widgets.show(this, false);
  }

  /** Follows previews while their screen is looked at. */
  public Subscription watch(Runnable changed) {
    return services.watch(changed);
  }

  /** Shows that of the first of these that has one; nothing where none has. */
  public void show(String... ids) {
    var preview = Optional.<Service>empty();
    for (var id : ids) {
      preview = preview.or(() -> RunningPreview.of(context, id));
    }
    Widgets.show(this, preview.isPresent());
    if (preview.equals(shown)) {
      return; // A button that is pressed must not be replaced meanwhile.
    }
    shown = preview;
    getChildren().clear();
    preview.ifPresent(this::fill);
  }

  private void fill(Service service) {
    var nodes = new ArrayList<Node>();
    nodes.add(Widgets.label(texts.text("preview.of", service.previewed())));
    var state = Widgets.label(texts.word("services.state", service.state()));
    nodes.add(tone(service.state()).on(state));
    String address = service.address();
    if (address != null) {
      nodes.add(
          Widgets.button(
              texts.text("preview.browse"), () -> WebPage.open(context, address), "accent"));
      nodes.add(Widgets.label(address, "mono", "muted"));
    }
    nodes.add(
        Widgets.button(
            texts.text("preview.log"), () -> context.go().to(ScreenId.SERVICES, service.id())));
    String of = Objects.requireNonNull(service.previewed());
    nodes.add(
        context.act(
            texts.text("preview.stop"),
            () -> context.steering().execute(new PreviewCommand.StopPreview(of))));
    getChildren().add(Widgets.flow(10, 4, nodes.toArray(Node[]::new)));
    if (!service.why().isBlank()) {
      getChildren().add(Widgets.prose(texts.said(service.why()), "muted"));
    }
  }

  private static Tone tone(ServiceState state) {
    return switch (state) {
      case HEALTHY -> Tone.GREEN;
      case STARTING -> Tone.BLUE;
      case STOPPED, STOPPING -> Tone.NEUTRAL;
      case UNHEALTHY -> Tone.AMBER;
      case BACKING_OFF, FAILED -> Tone.RED;
    };
  }
}
