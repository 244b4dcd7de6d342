/** Files and folders for their owner's eyes alone. It decides nothing about what is in them. */
package dev.hivedeck.engine.file;
