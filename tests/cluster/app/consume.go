package main

import (
	"log"
	"time"
)

const mebibyte = 1 << 20

// held keeps memory reachable, or the garbage collector would take it back.
var held [][]byte

func hold(mebibytes int) {
	for range mebibytes {
		held = append(held, touched(mebibyte))
	}
	if mebibytes > 0 {
		log.Printf("holding %d MiB", mebibytes)
	}
}

func leak(mebibytesPerSecond float64) {
	if mebibytesPerSecond <= 0 {
		return
	}
	log.Printf("leaking %g MiB per second", mebibytesPerSecond)
	const tenth = 100 * time.Millisecond
	for range time.Tick(tenth) {
		held = append(held, touched(int(mebibytesPerSecond*mebibyte/10)))
	}
}

// touched writes to every page: memory that was only reserved is not charged to the container.
func touched(size int) []byte {
	block := make([]byte, size)
	for i := 0; i < size; i += 4096 {
		block[i] = 1
	}
	return block
}

func burn(share float64) {
	if share <= 0 {
		return
	}
	const slice = 100 * time.Millisecond
	busy := time.Duration(share * float64(slice))
	for {
		for until := time.Now().Add(busy); time.Now().Before(until); {
		}
		time.Sleep(slice - busy)
	}
}
