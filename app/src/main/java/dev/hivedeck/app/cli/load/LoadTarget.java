package dev.hivedeck.app.cli.load;

import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.gateway.GatewayQuery;
import dev.hivedeck.engine.protocol.gateway.GatewayViews.GatewayStatus;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.function.Supplier;

/** Where requests go: to a service behind the gateway, or to an address of this machine. */
final class LoadTarget {
  private LoadTarget() {}

  /**
   * The address that paths are appended to.
   *
   * @param named a service, or a URL
   * @param engine asked for the gateway's address
   * @throws HiveException where there is none, or it is not on this machine
   */
  static URI of(String named, Supplier<EngineApi> engine) {
    if (!named.contains("://")) {
      return service(named, engine.get());
    }
    URI uri;
    try {
      uri = URI.create(named);
    } catch (IllegalArgumentException e) {
      throw invalid(named);
    }
    if (uri.getHost() == null || !"http".equals(uri.getScheme()) || uri.getUserInfo() != null) {
      throw invalid(named);
    }
    return at(uri, mustBeHere(uri.getHost()));
  }

  /** What a name means may change meanwhile; what was looked at does not. */
  private static URI at(URI uri, InetAddress here) {
    if (uri.getHost().equalsIgnoreCase("localhost")) {
      return uri; // never another machine, and servers know themselves by it
    }
    String host = here.getHostAddress();
    try {
      return new URI(
          uri.getScheme(),
          null,
          here instanceof Inet6Address ? "[" + host + "]" : host,
          uri.getPort(),
          uri.getPath(),
          uri.getQuery(),
          null);
    } catch (URISyntaxException e) {
      throw invalid(uri.toString());
    }
  }

  private static HiveException invalid(String named) {
    return new HiveException(
        ErrorCode.BAD_REQUEST,
        "\"" + named + "\" is no address that can be loaded.",
        "Name a service of the gateway, or write http://127.0.0.1:9001.");
  }

  /** Each address that a name has must be of this machine: others are loaded by nobody. */
  private static InetAddress mustBeHere(String host) {
    try {
      var addresses = InetAddress.getAllByName(host);
      if (Arrays.stream(addresses).allMatch(InetAddress::isLoopbackAddress)) {
        return addresses[0];
      }
    } catch (UnknownHostException e) {
      // is nowhere, so not here
    }
    throw new HiveException(
        ErrorCode.NOT_ALLOWED,
        host + " is not on this machine.",
        "Only what listens on loopback is loaded: http://127.0.0.1:9001.");
  }

  private static URI service(String name, EngineApi engine) {
    var status = Json.as(engine.query(new GatewayQuery.Status()), GatewayStatus.class);
    String address = status.address();
    if (!status.on() || address == null) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "The gateway does not lead to " + name + " now.",
          "hivedeck gateway says why: it needs an engine that runs, and gateway: in hive.yaml.");
    }
    var names = status.services().stream().map(s -> s.name()).toList();
    if (!names.contains(name)) {
      throw new HiveException(
          ErrorCode.NO_THING,
          "The gateway leads to no service " + name + DidYouMean.to(name, names) + ".",
          "Its services: " + String.join(", ", names) + ".");
    }
    return URI.create(address + "/api/v1/" + name);
  }
}
