package dev.hivedeck.app.desktop;

import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.release.DownloadedPackage;
import dev.hivedeck.engine.protocol.release.ReleaseChannel;
import dev.hivedeck.engine.protocol.release.ReleaseOffer;
import dev.hivedeck.engine.upgrade.ProgramReleases;
import dev.hivedeck.engine.upgrade.ProgramReleases.Program;
import dev.hivedeck.ui.shell.upgrade.ProgramUpgrades;
import java.io.IOException;
import java.util.function.LongConsumer;

/** Newer versions of the program that the desktop runs in, as the project publishes them. */
final class InstalledUpgrades implements ProgramUpgrades {
  private static ProgramReleases releases() {
    return ProgramReleases.published(
        Program.here(Engine.VERSION), HivedeckHome.standard().folder());
  }

  @Override
  public String version() {
    return Engine.VERSION;
  }

  @Override
  public ReleaseOffer latest(ReleaseChannel channel) {
    try (var releases = releases()) {
      return releases.latest(channel);
    }
  }

  @Override
  public DownloadedPackage download(ReleaseOffer offer, LongConsumer progress) {
    try (var releases = releases()) {
      return releases.download(offer, progress);
    }
  }

  @Override
  public void open(DownloadedPackage pack) {
    try {
      new ProcessBuilder(pack.open())
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.OPEN_FAILED,
          "The installer cannot be opened: there is no " + pack.open().getFirst() + ".",
          "Type this instead: " + pack.command(),
          e);
    }
  }
}
