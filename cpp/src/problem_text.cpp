#include <array>
#include <charconv>

#include "dwconv/errors.hpp"
#include "dwconv/problem.hpp"

namespace dwconv {

namespace {

template <class Values, class Format>
std::string joined(const Values& values, Format format) {
    std::string text;
    bool all_equal = true;
    for (const auto& value : values) {
        all_equal = all_equal && value == values[0];
        text += (text.empty() ? "" : "x") + format(value);
    }
    return all_equal ? format(values[0]) : text;
}

std::string text_of(std::int64_t value) { return std::to_string(value); }

std::string text_of(const Padding& pad) {
    return pad.low == pad.high ? text_of(pad.low) : text_of(pad.low) + ":" + text_of(pad.high);
}

std::string sizes(const Dims& dims) {
    std::string text;
    for (const std::int64_t value : dims) text += (text.empty() ? "" : "x") + text_of(value);
    return text;
}

/// Reads a problem's text from left to right.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text), rest_(text) {}

    bool done() const { return rest_.empty(); }

    bool take(char letter) {
        if (rest_.empty() || rest_[0] != letter) return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::int64_t number() {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        if (error != std::errc()) fail();
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return value;
    }

    Dims dims() {
        Dims values = {number()};
        while (take('x')) values.push_back(number());
        return values;
    }

    Paddings paddings() {
        Paddings values;
        do {
            const std::int64_t low = number();
            values.push_back({low, take(':') ? number() : low});
        } while (take('x'));
        return values;
    }

    std::string_view word() {
        // The '+' within clip(0,1e+20) ends no word.
        const std::size_t first = rest_.find_first_of("+(");
        const bool has_numbers = first != std::string_view::npos && rest_[first] == '(';
        const std::string_view found =
            rest_.substr(0, rest_.find('+', has_numbers ? rest_.find(')') : 0));
        rest_.remove_prefix(found.size());
        return found;
    }

    [[noreturn]] void fail() const {
        throw InvalidArgument({"problem", "a text such as n1c32i112x112k3x3s2p1+bias+relu",
                               "'" + std::string(text_) + "'"});
    }

private:
    std::string_view text_;
    std::string_view rest_;
};

/// One value stands for all dimensions.
template <class Values>
Values spread(const Values& values, std::size_t rank) {
    return values.size() == 1 ? Values(rank, values[0]) : values;
}

/// Source*weights>destination, where what is left out is the source's.
bool read_types(std::string_view word, Problem& problem) {
    const auto is_type = [](std::string_view name) {
        for (const auto type : {DataType::float32, DataType::float16, DataType::bfloat16,
                                DataType::int8, DataType::uint8, DataType::int32}) {
            if (to_string(type) == name) return true;
        }
        return false;
    };
    const std::string_view src = word.substr(0, word.find_first_of("*>"));
    if (!is_type(src)) return false;
    problem.src_dtype = problem.weights_dtype = problem.dst_dtype = parse_data_type(src);
    word.remove_prefix(src.size());
    if (!word.empty() && word[0] == '*') {
        const std::string_view weights = word.substr(1, word.find('>') - 1);
        if (!is_type(weights)) return false;
        problem.weights_dtype = parse_data_type(weights);
        word.remove_prefix(1 + weights.size());
    }
    if (word.empty()) return true;
    word.remove_prefix(1);
    if (!is_type(word)) return false;
    problem.dst_dtype = parse_data_type(word);
    return true;
}

std::string types_of(const Problem& problem) {
    std::string text(to_string(problem.src_dtype));
    if (problem.weights_dtype != problem.src_dtype) {
        text += "*" + std::string(to_string(problem.weights_dtype));
    }
    if (problem.dst_dtype != problem.src_dtype) {
        text += ">" + std::string(to_string(problem.dst_dtype));
    }
    return text;
}

Problem read(Reader& reader) {
    Problem problem;
    if (reader.take('n')) problem.batch = reader.number();
    if (reader.take('c')) problem.channels = reader.number();
    if (reader.take('g')) problem.groups = reader.number();
    if (reader.take('m')) problem.multiplier = reader.number();
    if (!reader.take('i')) reader.fail();
    problem.spatial = reader.dims();
    if (!reader.take('k')) reader.fail();
    const std::size_t rank = problem.spatial.size();
    problem.kernel = spread(reader.dims(), rank);
    if (reader.take('s')) problem.stride = spread(reader.dims(), rank);
    if (reader.take('d')) problem.dilation = spread(reader.dims(), rank);
    if (reader.take('p')) problem.padding = spread(reader.paddings(), rank);
    while (reader.take('+')) {
        const std::string_view word = reader.word();
        if (word == "bias") {
            problem.bias = true;
        } else if (word == "scale") {
            problem.scale = true;
        } else if (word == "shift") {
            problem.shift = true;
        } else if (word == "add") {
            problem.add = true;
        } else if (!read_types(word, problem)) {
            problem.activation = parse_activation(word);
        }
    }
    if (!reader.done()) reader.fail();
    return problem.normalized();
}

}  // namespace

std::string to_string(const Problem& problem) {
    const Problem full = problem.normalized();
    const std::size_t rank = full.spatial.size();
    const auto number = [](std::int64_t value) { return text_of(value); };
    const auto pad = [](const Padding& value) { return text_of(value); };
    std::string text = "n" + text_of(full.batch) + "c" + text_of(full.channels);
    if (full.groups != 0) text += "g" + text_of(full.groups);
    if (full.multiplier != 1) text += "m" + text_of(full.multiplier);
    text += "i" + sizes(full.spatial) + "k" + sizes(full.kernel);
    if (full.stride != Dims(rank, 1)) text += "s" + joined(full.stride, number);
    if (full.dilation != Dims(rank, 1)) text += "d" + joined(full.dilation, number);
    if (full.padding != Paddings(rank, Padding{})) text += "p" + joined(full.padding, pad);
    if (full.bias) text += "+bias";
    if (full.scale) text += "+scale";
    if (full.shift) text += "+shift";
    if (full.add) text += "+add";
    if (full.activation) text += "+" + to_string(full.activation);
    if (const std::string types = types_of(full); types != "float32") text += "+" + types;
    return text;
}

Problem parse_problem(std::string_view text) {
    Reader reader(text);
    try {
        return read(reader);
    } catch (const std::length_error&) {
        reader.fail();
    }
}

}  // namespace dwconv
