package dev.hivedeck.ui.shell.upgrade;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.release.DownloadedPackage;
import dev.hivedeck.engine.protocol.release.ReleaseChannel;
import dev.hivedeck.engine.protocol.release.ReleaseOffer;
import java.util.function.LongConsumer;

/** How newer versions of the program come to this machine; called off the FX thread, may block. */
public interface ProgramUpgrades {
  /** The version that runs. */
  String version();

  /**
   * Asks the publisher for the latest version.
   *
   * @throws HiveException when it cannot be asked, or is not to be believed
   */
  ReleaseOffer latest(ReleaseChannel channel);

  /**
   * Downloads its package, and checks that it is what was signed.
   *
   * @param progress hears how many bytes are there
   * @throws HiveException when that is not possible
   */
  DownloadedPackage download(ReleaseOffer offer, LongConsumer progress);

  /**
   * Hands a package to the installer of the system.
   *
   * @throws HiveException where there is none
   */
  void open(DownloadedPackage pack);
}
