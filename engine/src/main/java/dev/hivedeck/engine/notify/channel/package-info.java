/**
 * How a message is told by each kind of channel, and what the other side said. It decides neither
 * whether nor when.
 */
package dev.hivedeck.engine.notify.channel;
