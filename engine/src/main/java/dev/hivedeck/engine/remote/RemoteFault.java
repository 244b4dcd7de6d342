package dev.hivedeck.engine.remote;

import dev.hivedeck.engine.protocol.HiveException;

/**
 * Why something was not done with the remote.
 *
 * @param problem in words
 * @param remedy what to do about it
 */
public record RemoteFault(String problem, String remedy) {
  static RemoteFault of(HiveException e) {
    return new RemoteFault(e.fault().message(), e.hint());
  }
}
