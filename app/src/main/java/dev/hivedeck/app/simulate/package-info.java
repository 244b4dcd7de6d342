/**
 * The {@code simulate} commands: the scripted model served, and one task given to a real agent
 * against it. The model itself is {@link dev.hivedeck.engine.simulator}.
 */
package dev.hivedeck.app.simulate;
