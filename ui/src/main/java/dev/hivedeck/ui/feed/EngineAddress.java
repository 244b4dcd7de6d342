package dev.hivedeck.ui.feed;

import java.net.URI;

/**
 * Where an engine listens.
 *
 * @param feed for example {@code ws://127.0.0.1:7072}
 * @param token what the first message proves itself with; never printed
 */
public record EngineAddress(URI feed, String token) {
  @Override
  public String toString() {
    return "Endpoint[" + feed + "]";
  }
}
