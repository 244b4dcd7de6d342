package dev.hivedeck.app.cli.upgrade;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.release.DownloadedPackage;
import dev.hivedeck.engine.protocol.release.ReleaseChannel;
import dev.hivedeck.engine.protocol.release.ReleaseOffer;
import dev.hivedeck.engine.upgrade.ProgramReleases;
import dev.hivedeck.engine.upgrade.ProgramReleases.Program;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Looks for a newer version of the program, and downloads its package. */
@Command(
    name = "upgrade",
    description = {
      "Download the package of the latest version of Hivedeck, and say how it is installed.",
      "It is checked against what the project has signed. Nothing is installed, and nothing is",
      "asked for unless you say so, here or in Settings."
    })
public final class UpgradeCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // picocli's
  @ParentCommand
  HivedeckCommand cli;

  @Option(names = "--check", description = "Download nothing: say what the latest version is.")
  boolean check;

  @Option(
      names = "--channel",
      paramLabel = "CHANNEL",
      defaultValue = "stable",
      description = "stable, which is the default, or preview.")
  @SuppressWarnings("NullAway.Init") // picocli's
  String channel;

  @Override
  public Integer call() {
    var wanted =
        ReleaseChannel.of(channel)
            .orElseThrow(
                () ->
                    new HiveException(
                        ErrorCode.BAD_USAGE,
                        "There is no channel \"" + channel + "\".",
                        "Name stable or preview."));
    var home = HivedeckHome.standard().folder();
    try (var releases = ProgramReleases.published(Program.here(Engine.VERSION), home)) {
      var offer = releases.latest(wanted);
      if (check || !offer.newer()) {
        cli.answer(document(offer, null), told(offer));
        return HivedeckCommand.DONE;
      }
      var pack = offer.pack();
      if (pack != null) {
        cli.say("Downloading " + pack.file() + ", " + Plural.bytes(pack.size()) + ".");
      }
      var downloaded = releases.download(offer, _ -> {});
      cli.answer(document(offer, downloaded), how(offer, downloaded));
      return HivedeckCommand.DONE;
    }
  }

  private static String told(ReleaseOffer offer) {
    return switch (offer.relation()) {
      case NEWER ->
          "Hivedeck %s is out since %s; %s is installed.%n%n%s%n%nTo get it: hivedeck upgrade%s"
              .formatted(
                  offer.version(),
                  offer.date(),
                  offer.installed(),
                  notes(offer),
                  offer.channel() == ReleaseChannel.STABLE ? "" : " --channel preview");
      case SAME -> "Hivedeck " + offer.installed() + " is the latest version.";
      case OLDER ->
          "Hivedeck %s is installed, which is newer than %s, the latest that is published."
              .formatted(offer.installed(), offer.version());
    };
  }

  /** The notes of a release, as many lines as they are, with nothing that a terminal would obey. */
  private static String notes(ReleaseOffer offer) {
    return offer.notes().strip().lines().map(Printable::line).collect(Collectors.joining("\n"));
  }

  private static String how(ReleaseOffer offer, DownloadedPackage downloaded) {
    return """
    Hivedeck %s is in %s, and is what the project has signed.
    End engines first (hivedeck stop), then install it:

        %s\
    """
        .formatted(
            offer.version(),
            Printable.line(downloaded.file().toString()),
            Printable.line(downloaded.command()));
  }

  private static ObjectNode document(ReleaseOffer offer, @Nullable DownloadedPackage downloaded) {
    var document = Json.object();
    document.setAll((ObjectNode) Json.tree(offer));
    if (downloaded != null) {
      document.setAll((ObjectNode) Json.tree(downloaded));
    }
    return document;
  }
}
