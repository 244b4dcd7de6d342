package dev.hivedeck.ui.view.settings;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.release.DownloadedPackage;
import dev.hivedeck.engine.protocol.release.ReleaseChannel;
import dev.hivedeck.engine.protocol.release.ReleaseOffer;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.upgrade.UpgradeState;
import dev.hivedeck.ui.shell.upgrade.Upgrades;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ComboBox;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;
import javafx.util.Subscription;

/**
 * Newer versions of the program: whether they may be looked for unasked, which is out, what it
 * changes, and its package. The system's installer installs it.
 */
final class UpgradeSettings extends VBox {
  private static final double NOTES = 220;

  private final Texts texts;
  private final Upgrades upgrades;
  private final Button look;
  private final VBox told = new VBox(8);

  UpgradeSettings(ScreenContext context, Upgrades upgrades) {
    super(10);
    this.texts = context.texts();
    this.upgrades = upgrades;
    look = Widgets.button(texts.text("upgrade.look"), upgrades::look);
    look.setGraphic(Icon.RETRY.node());
    var daily = new CheckBox(texts.text("upgrade.daily"));
    daily.setWrapText(true);
    daily.setSelected(upgrades.agreed());
    daily.selectedProperty().subscribe((_, now) -> upgrades.agree(now));
    var channel = new ComboBox<ReleaseChannel>();
    channel.getItems().setAll(ReleaseChannel.values());
    channel.setConverter(new ChannelName());
    channel.setValue(upgrades.channel());
    channel.setAccessibleText(texts.text("upgrade.channel"));
    channel.valueProperty().addListener((_, _, now) -> upgrades.follow(now));
    getChildren()
        .setAll(
            daily,
            Widgets.line(18, Widgets.label(texts.text("upgrade.channel"), "muted"), channel),
            told);
  }

  /** The button that looks now, for the head of the card. */
  Button look() {
    return look;
  }

  /** Keeps itself up to date until it is let go of. */
  Subscription watch() {
    upgrades.lookIfDue();
    return upgrades.state().subscribe(this::show);
  }

  private void show(UpgradeState state) {
    look.setDisable(
        state instanceof UpgradeState.Looking || state instanceof UpgradeState.Downloading);
    told.getChildren().setAll(words(state));
  }

  private List<Node> words(UpgradeState state) {
    return switch (state) {
      case UpgradeState.Unknown _ ->
          List.of(Widgets.prose(texts.text("upgrade.installed", upgrades.version()), "soft"));
      case UpgradeState.Looking _ -> List.of(Widgets.prose(texts.text("upgrade.looking"), "soft"));
      case UpgradeState.Told told -> told(told.offer());
      case UpgradeState.Downloading now -> downloading(now);
      case UpgradeState.Ready ready -> ready(ready.offer(), ready.pack());
      case UpgradeState.Failed failed -> failed(failed);
    };
  }

  private List<Node> told(ReleaseOffer offer) {
    if (!offer.newer()) {
      String key =
          offer.relation() == ReleaseOffer.Relation.OLDER ? "upgrade.ahead" : "upgrade.latest";
      return List.of(
          Tone.GREEN.on(Widgets.prose(texts.text(key, offer.installed(), offer.version()))));
    }
    var words = out(offer);
    var pack = offer.pack();
    if (pack == null) {
      words.add(Widgets.prose(texts.text("upgrade.none"), "soft"));
    } else {
      var button =
          Widgets.button(
              texts.text("upgrade.download", texts.bytes(pack.size())),
              () -> upgrades.download(offer),
              "accent");
      words.add(Widgets.line(8, button));
    }
    return words;
  }

  /** That it is out, and what it changes. */
  private List<Node> out(ReleaseOffer offer) {
    var words = new ArrayList<Node>();
    words.add(Widgets.label(texts.text("upgrade.out", offer.version()), "strong"));
    words.add(
        Widgets.prose(
            texts.text("upgrade.since", texts.day(offer.date()), offer.installed()), "soft"));
    var notes = new VBox(6);
    notes.getChildren().setAll(notes(offer.notes()));
    var scroll = Widgets.scroll(notes);
    scroll.setMaxHeight(NOTES);
    scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
    scroll.setAccessibleText(texts.text("upgrade.notes", offer.version()));
    words.add(scroll);
    return words;
  }

  /** Headings and items of Markdown; what is more than that stays as it is written. */
  private static List<Node> notes(String markdown) {
    var blocks = new ArrayList<StringBuilder>();
    for (String line : markdown.lines().toList()) {
      String text = line.strip();
      boolean begins = line.startsWith("#") || line.matches("[-*] .*") || blocks.isEmpty();
      if (text.isEmpty()) {
        blocks.add(new StringBuilder());
      } else if (begins) {
        blocks.add(new StringBuilder(text));
      } else {
        var last = blocks.getLast();
        last.append(last.isEmpty() ? "" : " ").append(text);
      }
    }
    return blocks.stream()
        .map(StringBuilder::toString)
        .filter(block -> !block.isBlank())
        .map(UpgradeSettings::block)
        .toList();
  }

  private static Node block(String text) {
    String plain = DisplayText.line(text.replace("`", ""));
    return text.startsWith("#")
        ? Widgets.label(plain.replaceFirst("^#+ *", ""), "strong")
        : Widgets.prose(plain.replaceFirst("^[-*] ", "• "), "soft");
  }

  private List<Node> downloading(UpgradeState.Downloading now) {
    var words = new ArrayList<Node>();
    var pack = now.offer().pack();
    long size = pack == null ? 0 : pack.size();
    words.add(Widgets.label(texts.text("upgrade.out", now.offer().version()), "strong"));
    words.add(
        Widgets.prose(
            texts.text("upgrade.downloading", texts.bytes(now.bytes()), texts.bytes(size)),
            "soft"));
    return words;
  }

  private List<Node> ready(ReleaseOffer offer, DownloadedPackage pack) {
    var words = out(offer);
    words.add(Tone.GREEN.on(Widgets.prose(texts.text("upgrade.ready"))));
    String command = pack.command();
    var typed = Widgets.prose(command, "mono");
    words.add(typed);
    words.add(
        Widgets.line(
            8,
            Widgets.button(texts.text("upgrade.open"), () -> upgrades.open(offer, pack), "accent"),
            Widgets.copy(texts.text("upgrade.copy"), command)));
    return words;
  }

  private List<Node> failed(UpgradeState.Failed failed) {
    HiveException.Fault fault = failed.fault();
    var words = new ArrayList<Node>();
    words.add(
        Tone.RED.on(
            Widgets.prose(
                DisplayText.line(texts.said(fault.message()) + " " + texts.said(fault.hint())))));
    var offer = failed.offer();
    words.add(
        Widgets.line(
            8,
            Widgets.button(
                texts.text("action.retry"),
                () -> {
                  if (offer == null) {
                    upgrades.look();
                  } else {
                    upgrades.download(offer);
                  }
                })));
    return words;
  }

  private final class ChannelName extends StringConverter<ReleaseChannel> {
    @Override
    public String toString(ReleaseChannel channel) {
      return channel == null ? "" : texts.word("upgrade.channel", channel);
    }

    @Override
    public ReleaseChannel fromString(String name) {
      throw new UnsupportedOperationException();
    }
  }
}
