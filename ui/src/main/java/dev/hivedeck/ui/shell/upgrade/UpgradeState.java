package dev.hivedeck.ui.shell.upgrade;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.release.DownloadedPackage;
import dev.hivedeck.engine.protocol.release.ReleaseOffer;
import org.jspecify.annotations.Nullable;

/** How far somebody has come with a newer version. */
public sealed interface UpgradeState {
  /** Nobody has looked yet. */
  record Unknown() implements UpgradeState {}

  record Looking() implements UpgradeState {}

  record Told(ReleaseOffer offer) implements UpgradeState {}

  /**
   * @param bytes that are there
   */
  record Downloading(ReleaseOffer offer, long bytes) implements UpgradeState {}

  record Ready(ReleaseOffer offer, DownloadedPackage pack) implements UpgradeState {}

  /**
   * @param offer what is out, as far as that is known
   */
  record Failed(HiveException.Fault fault, @Nullable ReleaseOffer offer) implements UpgradeState {}
}
